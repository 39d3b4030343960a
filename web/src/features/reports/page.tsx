import { useSearch } from '@tanstack/react-router'

import { Gallery } from './gallery'
import { ReportView } from './report-view'

export function ReportsPage() {
  const { name } = useSearch({ from: '/reports' })
  return name === undefined ? <Gallery /> : <ReportView name={name} key={name} />
}
