/** A file of a bank, as large as it takes to know it again. */
import type { AvailableRow, RowProblem, SelectedRow } from "prometeu-packer"
import { useStudio } from "../bridge/react.ts"
import { Icon } from "../parts/Icon.tsx"
import { bytes, Name } from "../parts/Text.tsx"
import { kindOf, Thumbnail } from "../parts/Thumbnail.tsx"
import { useSound, Wave } from "../parts/Wave.tsx"

/** The largest sound that is read to be drawn; a larger one is drawn when it is opened. */
const drawn = 512 * 1024

const SoundShape = ({ file, root }: { readonly root: string; readonly file: string }) => {
  const { fileUrl } = useStudio()
  const sound = useSound(fileUrl(root, file))
  return (
    <span className="thumbnail" aria-hidden="true">
      {sound === "broken" ? <Icon name="sound" size={18} /> : <Wave shape={sound?.shape} />}
    </span>
  )
}

const Picture = ({ file, root, size }: {
  readonly root: string
  /** Nothing, if it is not there. */
  readonly file: string | undefined
  readonly size: number | undefined
}) => {
  if (file === undefined) return <Thumbnail root={root} file={undefined} icon="missing" />
  return kindOf(file) === "sound" && size !== undefined && size <= drawn
    ? <SoundShape root={root} file={file} />
    : <Thumbnail root={root} file={file} />
}

const problemWords: Readonly<Record<RowProblem, string>> = {
  "artifacts/illegal-file": "Not a portable path",
  "artifacts/missing-file": "Not there",
  "artifacts/duplicate-file": "Listed twice",
  "artifacts/wrong-kind": "Wrong kind"
}

/** A file of a bank; it opens when it is there. */
export const FileCard = ({ index, onOpen, row, root }: {
  readonly root: string
  readonly row: AvailableRow | SelectedRow
  /** Its place in the bank, if it has one. */
  readonly index?: number
  readonly onOpen: () => void
}) => {
  const problems = "problems" in row ? row.problems : []
  const isThere = !("present" in row) || row.present
  return (
    <li>
      <button
        type="button"
        className={problems.length > 0 ? "file-card troubled" : "file-card"}
        aria-disabled={isThere ? undefined : true}
        onClick={isThere ? onOpen : undefined}
      >
        <Picture root={root} file={isThere ? row.file : undefined} size={row.size} />
        {index === undefined ? null : <span className="place">{index}</span>}
        <span className="file-text">
          <Name text={row.file} />
          <span className="aside">
            {problems.length > 0
              ? (
                <span className="trouble">
                  <Icon name="error" size={12} /> {problems.map((problem) => problemWords[problem]).join(", ")}
                </span>
              )
              : row.size === undefined
              ? ""
              : bytes(row.size)}
          </span>
        </span>
      </button>
    </li>
  )
}
