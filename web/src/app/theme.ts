// Mantine in the measures and colours of tokens.css.

import { createTheme, type MantineColorsTuple } from '@mantine/core'

const blue: MantineColorsTuple = [
  '#e8f1f8',
  '#d3e5f3',
  '#abcde7',
  '#7bb0d7',
  '#58a6dc',
  '#4791c3',
  '#1f77b4',
  '#19659a',
  '#165682',
  '#0f4c7a',
]

export const theme = createTheme({
  colors: { blue },
  primaryColor: 'blue',
  primaryShade: 6, // White text on it has 4.8:1, in both schemes.
  defaultRadius: 6,
  fontFamily: 'var(--font)',
  fontFamilyMonospace: 'var(--mono)',
  respectReducedMotion: true,
  cursorType: 'pointer',
})
