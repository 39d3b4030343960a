import { PageHead } from '@/components/page-head'

export function QualityPage() {
  return <PageHead title="Data quality" />
}
