/** Reads the whole project again, and adopts what is on disk. */
import { Cause, Exit, Option } from "effect"
import { RegistryConflict } from "prometeu-packer"
import { useState } from "react"
import { messageOf, useStudio } from "../bridge/react.ts"
import { ConflictDialog } from "../commands/ConflictDialog.tsx"
import { useAnnounce } from "../parts/Announcer.tsx"
import { Button } from "../parts/Button.tsx"

/** The button that reads everything again; a contradiction in the registry is brought before a person. */
export const RefreshAll = () => {
  const { packer, run } = useStudio()
  const announce = useAnnounce()
  const [isRunning, setRunning] = useState(false)
  const [conflict, setConflict] = useState<RegistryConflict | undefined>(undefined)

  const refresh = async () => {
    setRunning(true)
    const exit = await run(packer.refresh())
    setRunning(false)
    if (Exit.isSuccess(exit)) return announce("Read the whole project again")
    const error = Option.getOrUndefined(Cause.findErrorOption(exit.cause))
    if (error instanceof RegistryConflict) setConflict(error)
    else announce(messageOf(exit.cause), { good: false })
  }

  return (
    <>
      <Button icon="refresh" reason={isRunning ? "It is being read." : undefined} onClick={() => void refresh()}>
        Refresh all
      </Button>
      {conflict === undefined
        ? null
        : <ConflictDialog conflict={conflict} onClose={() => setConflict(undefined)} />}
    </>
  )
}
