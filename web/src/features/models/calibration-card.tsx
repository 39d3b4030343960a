import type { TaskModels, Value } from '@/api/client'
import { ReliabilityChart } from '@/charts/reliability-chart'
import { ChartCard } from '@/components/chart-card'
import { formatCount } from '@/lib/number-format'

export function CalibrationCard({ task }: { task: TaskModels }) {
  const bins = task.calibration ?? []
  const n = bins.reduce((sum, bin) => sum + bin.n, 0)
  return (
    <ChartCard
      title="Calibration"
      sub={`n = ${formatCount(n)} · left in reality by predicted chance`}
      span={4}
      height={216}
      table={{
        columns: [
          { name: 'predicted', label: 'Predicted', type: 'number', unit: 'probability' },
          { name: 'observed', label: 'Left in reality', type: 'number', unit: 'probability' },
          { name: 'n', label: 'Customers', type: 'int' },
        ],
        rows: bins.map((bin): Value[] => [bin.predicted, bin.observed, bin.n]),
      }}
    >
      <ReliabilityChart title={calibrationWords(bins)} bins={bins} />
    </ChartCard>
  )
}

/** How far chances and reality are apart, on average over the customers. */
export function calibrationWords(
  bins: readonly { predicted: number; observed: number; n: number }[],
): string {
  const n = bins.reduce((sum, bin) => sum + bin.n, 0)
  if (n === 0) return 'No test customers to compare with.'
  const gap = bins.reduce((sum, bin) => sum + bin.n * Math.abs(bin.observed - bin.predicted), 0) / n
  return `Predicted chances and what happened differ by ${(100 * gap).toFixed(1)} points on average.`
}
