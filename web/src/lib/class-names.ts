/** Joins the class names that are there. */
export const cx = (...names: (string | false | null | undefined)[]) =>
  names.filter((name) => typeof name === 'string' && name !== '').join(' ')
