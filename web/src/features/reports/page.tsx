import { PageHead } from '@/components/page-head'

export function ReportsPage() {
  return <PageHead title="Reports" />
}
