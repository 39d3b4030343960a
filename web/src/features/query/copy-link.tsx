import { IconCheck, IconLink } from '@tabler/icons-react'
import { useEffect, useState } from 'react'

import { Button } from '@/components/button'

type State = 'ready' | 'copied' | 'refused'

const WORDS: Record<State, string> = {
  ready: 'Copy link',
  copied: 'Link copied',
  refused: 'Copy it from the address bar',
}

/** The address holds the whole question, so it is what one hands on. */
export function CopyLink() {
  const [state, setState] = useState<State>('ready')
  useEffect(() => {
    if (state === 'ready') return
    const timer = setTimeout(() => {
      setState('ready')
    }, 3000)
    return () => {
      clearTimeout(timer)
    }
  }, [state])
  const copy = () => {
    // Browsers hand out the clipboard to secure origins only.
    const { clipboard } = navigator as { clipboard?: Clipboard }
    if (!clipboard) {
      setState('refused')
      return
    }
    clipboard.writeText(window.location.href).then(
      () => {
        setState('copied')
      },
      () => {
        setState('refused')
      },
    )
  }
  return (
    <Button icon={state === 'copied' ? IconCheck : IconLink} onClick={copy} aria-live="polite">
      {WORDS[state]}
    </Button>
  )
}
