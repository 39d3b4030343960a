import { IconBinaryTree } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'

import { api, unwrap, type ModelsOverview } from '@/api/client'
import { Card, queryState } from '@/components/card'
import { PageHead } from '@/components/page-head'
import { TabPanel, Tabs } from '@/components/tabs'

import styles from './models.module.css'
import { segmentsWords, trainedWords } from './words'
import { SegmentsPanel } from './segments-panel'
import { TaskPanel } from './task-panel'
import { taskOf } from './form'
import { TrainButton, TrainStatus, useTraining } from './train'

const TABS = [
  { value: 'churn', label: 'Churn' },
  { value: 'lifetime_value', label: 'Lifetime value' },
  { value: 'segments', label: 'Segments' },
] as const

type Tab = (typeof TABS)[number]['value']

export function ModelsPage() {
  const models = useQuery({
    queryKey: ['models'],
    queryFn: async ({ signal }) => unwrap(await api.GET('/api/v1/models', { signal })),
  })
  const training = useTraining()
  const any = models.data && (models.data.tasks.length > 0 || models.data.segments !== null)
  return (
    <>
      <PageHead title="Models">
        <TrainButton training={training} again={any ?? true} />
      </PageHead>
      <TrainStatus training={training} />
      {!models.data ? (
        <Card title="Models" height={320} state={queryState(models)} />
      ) : any === true ? (
        <Shown models={models.data} />
      ) : (
        <Untrained what="No model yet" />
      )}
    </>
  )
}

function Shown({ models }: { models: ModelsOverview }) {
  const search = useSearch({ from: '/models' })
  const navigate = useNavigate({ from: '/models' })
  const tab: Tab = search.tab ?? 'churn'
  const task = taskOf(models.tasks, tab)
  const words = task
    ? trainedWords(task)
    : tab === 'segments' && models.segments
      ? segmentsWords(models.segments)
      : null
  return (
    <>
      <Tabs
        label="Models"
        tabs={TABS}
        value={tab}
        onChange={(next) => {
          void navigate({
            search: (old) => ({ ...old, tab: next === 'churn' ? undefined : next }),
            resetScroll: false,
          })
        }}
      >
        <span className="num">{words}</span>
      </Tabs>
      <TabPanel value={tab}>
        {words !== null && <p className={`${styles.trained ?? ''} num`}>{words}</p>}
        {tab === 'segments' ? (
          models.segments ? (
            <SegmentsPanel segments={models.segments} tasks={models.tasks} />
          ) : (
            <Untrained what="No segments yet" />
          )
        ) : task ? (
          <TaskPanel key={`${task.task} ${task.version}`} task={task} tasks={models.tasks} />
        ) : (
          <Untrained what="This model is not trained yet" />
        )}
      </TabPanel>
    </>
  )
}

function Untrained({ what }: { what: string }) {
  return (
    <Card title={what}>
      <div className={styles.untrained}>
        <IconBinaryTree size={24} stroke={1.5} aria-hidden="true" />
        <b>Nothing trained yet</b>
        <span>
          Train on the data of this workspace with the button above or with <code>cip train</code>.
          Customers, their orders and some months of history are needed; what the data do not allow
          is said by the training itself.
        </span>
      </div>
    </Card>
  )
}
