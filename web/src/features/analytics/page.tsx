import { PageHead } from '@/components/page-head'

export function AnalyticsPage() {
  return <PageHead title="Analytics" />
}
