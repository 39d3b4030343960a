import { MantineProvider } from '@mantine/core'
import { render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { IconFilter } from '@tabler/icons-react'
import { expect, test, vi } from 'vitest'

import { MarkMenuProvider, useMarkMenu } from './mark-menu'

function Bar({ run }: { run: () => void }) {
  const open = useMarkMenu()
  return (
    <button
      type="button"
      onClick={() => {
        open({
          name: 'Online',
          detail: '€522 k',
          actions: [
            { icon: IconFilter, label: 'See the rows behind it', run },
            { icon: IconFilter, label: 'Filter to Online', run: () => undefined },
          ],
        })
      }}
    >
      Online bar
    </button>
  )
}

test('a mark has a menu that works by the keyboard and gives the focus back', async () => {
  const run = vi.fn()
  render(
    <MantineProvider>
      <MarkMenuProvider>
        <Bar run={run} />
      </MarkMenuProvider>
    </MantineProvider>,
  )
  const user = userEvent.setup()
  await user.tab()
  await user.keyboard('{Enter}')
  expect(await screen.findByText('€522 k')).toBeDefined()
  const first = screen.getByRole('menuitem', { name: 'See the rows behind it', hidden: true })
  await vi.waitFor(() => {
    expect(document.activeElement).toBe(first)
  })
  await user.keyboard('{Enter}')
  expect(run).toHaveBeenCalledOnce()
  await vi.waitFor(() => {
    expect(document.activeElement?.textContent).toBe('Online bar')
  })
})
