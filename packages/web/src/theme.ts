import { createTheme, type MantineColorsTuple } from '@mantine/core';

const accent: MantineColorsTuple = [
  '#e3f8fb',
  '#c9eef4',
  '#a0e0ea',
  '#7dd3e0',
  '#63c7d8',
  '#35a9bd',
  '#15889c',
  '#0d6f80',
  '#0b5a68',
  '#084650',
];

export const theme = createTheme({
  primaryColor: 'accent',
  // Carries white letters with enough contrast, on light and on dark.
  primaryShade: 7,
  colors: { accent },
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif',
  defaultRadius: 'md',
  respectReducedMotion: true,
});
