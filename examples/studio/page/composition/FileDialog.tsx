/** One file, large: a picture pixel by pixel, or a sound to be played. */
import { useState } from "react"
import { useStudio } from "../bridge/react.ts"
import { Dialog } from "../parts/Dialog.tsx"
import { Empty } from "../parts/Notice.tsx"
import { Name } from "../parts/Text.tsx"
import { kindOf } from "../parts/Thumbnail.tsx"
import { Sound } from "./Sound.tsx"

const Picture = ({ url }: { readonly url: string }) => {
  const [size, setSize] = useState<string | undefined>(undefined)
  const [isBroken, setBroken] = useState(false)
  return (
    <>
      <div className="picture">
        {isBroken
          ? <Empty icon="image" title="This is not a picture">Its name says so, and its bytes do not.</Empty>
          : (
            <img
              src={url}
              alt=""
              onError={() => setBroken(true)}
              onLoad={({ currentTarget: { naturalHeight, naturalWidth } }) =>
                setSize(`${naturalWidth} × ${naturalHeight} pixels`)}
            />
          )}
      </div>
      <p className="aside">{size ?? " "}</p>
    </>
  )
}

/** A file of an asset, to look at or to listen to. */
export const FileDialog = ({ file, onClose, root }: {
  readonly root: string
  readonly file: string
  readonly onClose: () => void
}) => {
  const { fileUrl } = useStudio()
  const url = fileUrl(root, file)
  const kind = kindOf(file)
  return (
    <Dialog title={<Name text={file} />} onClose={onClose}>
      {kind === "image"
        ? <Picture url={url} />
        : kind === "sound"
        ? <Sound url={url} />
        : <Empty icon="file" title="No preview">Files of this kind cannot be shown here.</Empty>}
    </Dialog>
  )
}
