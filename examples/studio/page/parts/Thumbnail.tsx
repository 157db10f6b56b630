/** A small picture of a file or of an asset: always of the same size, whether there is a picture or not. */
import { useState } from "react"
import { useLivePart, useStudio } from "../bridge/react.ts"
import { Icon, type IconName } from "./Icon.tsx"

/** What a file is for the page: what can be shown, what can be played, and the rest. */
export type FileKind = "image" | "sound" | "palette" | "other"

/** What a file is, by its name. */
export const kindOf = (file: string): FileKind => {
  const name = file.toLowerCase()
  if (name.endsWith(".png")) return "image"
  if (name.endsWith(".wav")) return "sound"
  return name.endsWith(".pal") || name.endsWith(".json") ? "palette" : "other"
}

/** What stands for a file that cannot be shown. */
export const kindIcons: Readonly<Record<FileKind, IconName>> = {
  image: "image",
  sound: "sound",
  palette: "palette",
  other: "file"
}

/** A small picture of a file of an asset. One that cannot be shown has the icon of its kind. */
export const Thumbnail = ({ file, icon, root }: {
  readonly root: string
  /** Without one there is only an icon. */
  readonly file: string | undefined
  readonly icon?: IconName
}) => {
  const { fileUrl, snapshot } = useStudio()
  const [broken, setBroken] = useState<string | undefined>(undefined)
  const kind = file === undefined ? "other" : kindOf(file)
  const url = useLivePart(snapshot, () => file !== undefined && kind === "image" ? fileUrl(root, file) : undefined)
  return (
    <span className="thumbnail" aria-hidden="true">
      {url === undefined || url === broken
        ? <Icon name={icon ?? kindIcons[kind]} size={18} />
        : <img src={url} alt="" loading="lazy" draggable={false} onError={() => setBroken(url)} />}
    </span>
  )
}
