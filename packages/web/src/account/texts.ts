/** The sentences about passwords; apart from the page's, as they are loaded when they are needed. */
export const accountTexts = {
  user: 'User',
  password: 'Password',
  repeat: 'The same again',
  currentPassword: 'Present password',
  reveal: 'Show the password',
  hint: (least: number) => `At least ${least} characters. Some words in a row are easy to keep in mind.`,
  missing: (count: number) => (count === 1 ? 'One character more' : `${count} characters more`),
  longEnough: 'Long enough',
  tooShort: (least: number) => `It must have at least ${least} characters.`,
  differs: 'The two are not the same.',
  noUser: 'Give yourself a name.',
  noCurrent: 'Give your present password.',
  wrongCurrent: 'That is not your present password.',

  first: {
    title: 'Make your account',
    text: 'You came by a link that works once. With a password of your own you come back any time.',
    begin: 'Make account',
    later: 'Not now',
    submit: 'Make account and sign in',
  },
  change: {
    title: 'Change password',
    text: 'Everywhere else you are signed in, you are signed out.',
    password: 'New password',
    submit: 'Change password',
    done: 'Your password is changed. Everywhere else you sign in anew.',
  },
  warnings: {
    title: 'Not as safe as it should be',
    dismiss: 'Hide until next time',
    open: 'Open the configuration',
  },
};
