/** Hands a file to the reader. `href` may be a data: or blob: URL or one of ours. */
export function download(href: string, fileName: string): void {
  const link = document.createElement('a')
  link.href = href
  link.download = fileName
  document.body.append(link)
  link.click()
  link.remove()
}

const cell = (value: string | number | boolean | null) => {
  const text = value === null ? '' : String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** RFC 4180 text of a table that is on the page already. */
export const toCsv = (
  header: readonly string[],
  rows: readonly (readonly (string | number | boolean | null)[])[],
) => [header, ...rows].map((row) => row.map(cell).join(',')).join('\r\n') + '\r\n'

export function downloadText(text: string, fileName: string, type: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }))
  download(url, fileName)
  // The click has begun to read it by the next turn of the event loop.
  setTimeout(() => {
    URL.revokeObjectURL(url)
  }, 0)
}

/** "Revenue by week" as revenue-by-week. */
export const fileStem = (title: string) =>
  title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
