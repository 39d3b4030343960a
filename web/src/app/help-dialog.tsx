import { IconX } from '@tabler/icons-react'
import { useEffect, useRef } from 'react'

import { IconButton } from '@/components/icon-button'

import styles from './help-dialog.module.css'
import { KEYS } from './keyboard'

/** The list of keys. The browser's own dialog brings the focus trap and Esc. */
export function HelpDialog({
  open,
  onClose,
  version,
}: {
  open: boolean
  onClose: () => void
  version: string
}) {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const element = dialog.current
    if (open && element?.open === false) element.showModal()
    if (!open && element?.open === true) element.close()
  }, [open])
  return (
    <dialog
      ref={dialog}
      className={styles.dialog}
      aria-labelledby="help-title"
      onClose={onClose}
      onClick={(event) => {
        if (event.target === dialog.current) onClose()
      }}
    >
      <header>
        <h2 id="help-title">Keys</h2>
        <IconButton icon={IconX} label="Close" small onClick={onClose} />
      </header>
      <dl>
        {KEYS.map(({ keys, does }) => (
          <div key={keys}>
            <dt>
              {keys.split(' ').map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <footer>
        Every view is in the address: copy it to share what you see.{' '}
        <a className="link" href="/api/v1/openapi.json">
          API
        </a>{' '}
        · version {version}
      </footer>
    </dialog>
  )
}
