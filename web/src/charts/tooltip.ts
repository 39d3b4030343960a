// The box beside the pointer, built as elements: values come from data and must never be markup.

import './tooltip.css'

export interface TooltipRow {
  name: string
  value: string
  color?: string
  dashed?: boolean
  tone?: 'good' | 'bad' | 'flat'
}

export function tooltipElement(
  head: string,
  rows: readonly TooltipRow[],
  foot?: string,
): HTMLElement {
  const box = element('div', 'chart-tip')
  box.append(element('div', 'chart-tip-head', head))
  for (const row of rows) {
    const line = element('div', `chart-tip-row ${row.tone ?? ''}`)
    const name = element('span', 'chart-tip-name')
    if (row.color !== undefined) {
      const sample = element(
        'i',
        row.dashed === true ? 'chart-tip-sample dashed' : 'chart-tip-sample',
      )
      sample.style.background = row.color
      name.append(sample)
    }
    name.append(row.name)
    line.append(name, element('b', '', row.value))
    box.append(line)
  }
  if (foot !== undefined) box.append(element('div', 'chart-tip-foot', foot))
  return box
}

function element(tag: string, className: string, text = ''): HTMLElement {
  const node = document.createElement(tag)
  if (className !== '') node.className = className.trim()
  node.textContent = text
  return node
}
