/** What is there before there is a project: that it is on its way, or that there is none. */
import { useEffect, useState } from "react"

/** How long it may take before a word is said about it. */
const patience = 1500

/** The page before it has a project. */
export const Splash = () => {
  const [isSlow, setSlow] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), patience)
    return () => clearTimeout(timer)
  }, [])
  return (
    <div className="splash" role="status">
      <div className="splash-bar" />
      <p>
        {isSlow ? "Waiting for the server. It connects by itself as soon as that is there." : "Opening the project…"}
      </p>
    </div>
  )
}
