import '@mantine/core/styles/default-css-variables.css'
import '@mantine/core/styles/UnstyledButton.css'
import '@mantine/core/styles/Popover.css'
import '@mantine/core/styles/Menu.css'
import './app/fonts.css'
import './app/tokens.css'
import './app/base.css'
import './app/mantine.css'

import { MantineProvider } from '@mantine/core'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'

import { isPassing } from '@/api/client'
import { router } from '@/app/router'
import { theme } from '@/app/theme'
import { startColorScheme, useScheme } from '@/lib/color-scheme'

startColorScheme()

const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      retry: (failures, error) => failures < 1 && isPassing(error),
      refetchOnWindowFocus: false,
    },
  },
})

// The style sheet has every variable Mantine needs, so it must not write style elements of its own:
// the content security policy would refuse them.
function App() {
  return (
    <MantineProvider
      theme={theme}
      forceColorScheme={useScheme()}
      withCssVariables={false}
      withGlobalClasses={false}
    >
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  )
}

const root = document.getElementById('root')
if (!root) throw new Error('index.html has no #root')

createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
)
