import { PageHead } from '@/components/page-head'

export function ModelsPage() {
  return <PageHead title="Models" />
}
