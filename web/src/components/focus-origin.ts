// Where the focus was before something opened over the page, so that it can go back there. A menu
// that leads to a panel is gone when the panel closes: what had the focus before the menu counts.

let origin: HTMLElement | null = null

/** Remembers what has the focus, unless it lies in a menu or a dialog that is about to go. */
export function rememberFocus(): void {
  const active = document.activeElement
  if (!(active instanceof HTMLElement) || active.closest('[role="menu"], dialog') !== null) return
  origin = active === document.body ? null : active
}

/** Back to what had the focus, or to the page if that is no longer there. */
export function returnFocus(): void {
  const page = document.getElementById('page')
  const back = origin?.isConnected === true ? origin : page
  origin = null
  back?.focus({ preventScroll: true })
}
