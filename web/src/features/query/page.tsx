import { PageHead } from '@/components/page-head'

export function QueryPage() {
  return <PageHead title="Query builder" />
}
