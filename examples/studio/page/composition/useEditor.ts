/** The editor of an asset's composition, as long as the asset is shown. */
import { Exit } from "effect"
import type { AssetName } from "prometeu-packer"
import { useEffect, useState } from "react"
import type { OpenEditor } from "../bridge/Drafts.ts"
import { useStudio } from "../bridge/react.ts"

/** Opens the editor of an asset; nothing, as long as it is on its way. The asset stays the same while this is used. */
export const useEditor = (asset: AssetName): OpenEditor | undefined => {
  const { drafts, run } = useStudio()
  const [open, setOpen] = useState<OpenEditor | undefined>(undefined)
  const [shown] = useState(asset)

  useEffect(() => {
    let isOver = false
    const entered = run(drafts.enter(shown)).then((exit) => {
      if (Exit.isSuccess(exit) && !isOver) setOpen(exit.value)
      return Exit.isSuccess(exit)
    })
    return () => {
      isOver = true
      void entered.then((hasEntered) => hasEntered && drafts.leave(shown))
    }
  }, [drafts, run, shown])

  return open
}
