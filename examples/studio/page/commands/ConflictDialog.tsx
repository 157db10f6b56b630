/** The registry file contradicts changes made here: a person decides what counts. */
import { Exit } from "effect"
import type { RegistryConflict } from "prometeu-packer"
import { useState } from "react"
import { messageOf, useStudio } from "../bridge/react.ts"
import { useAnnounce } from "../parts/Announcer.tsx"
import { Button } from "../parts/Button.tsx"
import { Dialog } from "../parts/Dialog.tsx"
import { Notice } from "../parts/Notice.tsx"

/** Shows what contradicts what. What was changed here is kept until somebody gives it up. */
export const ConflictDialog = ({ conflict: { clashes }, onClose }: {
  readonly conflict: RegistryConflict
  readonly onClose: () => void
}) => {
  const { packer, run } = useStudio()
  const announce = useAnnounce()
  const [failure, setFailure] = useState<string | undefined>(undefined)
  const keepFile = async () => {
    const exit = await run(packer.refresh({ onConflict: "keep-file" }))
    if (Exit.isFailure(exit)) return setFailure(messageOf(exit.cause))
    announce("The registry is as the file says")
    onClose()
  }
  return (
    <Dialog
      title="The registry file says something else"
      wide
      onClose={onClose}
      footer={
        <>
          <Button kind="quiet" onClick={onClose}>Leave it for now</Button>
          <Button kind="danger" onClick={() => void keepFile()}>Give up what was changed here</Button>
        </>
      }
    >
      <p>
        Somebody else changed assets/.prometeu/index.json so that changes made here cannot be brought into it. Mend the
        file and refresh again, or give up the changes:
      </p>
      <dl className="clashes">
        {clashes.map(({ key, ours, theirs }) => (
          <div key={ours + theirs}>
            <dt>Same {key}</dt>
            <dd>
              <span>Here</span>{" "}
              <code>
                <bdi>{ours}</bdi>
              </code>
            </dd>
            <dd>
              <span>In the file</span>{" "}
              <code>
                <bdi>{theirs}</bdi>
              </code>
            </dd>
          </div>
        ))}
      </dl>
      {failure === undefined ? null : <Notice live tone="error" title="It was not done">{failure}</Notice>}
    </Dialog>
  )
}
