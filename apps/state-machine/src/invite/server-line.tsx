import { useSyncServer } from '../device/use-sync-server.js'

/** Names the server that an invitation leads to, where it is another than that of this app. */
export function ServerLine({ server }: { readonly server: string }) {
  const own = useSyncServer()?.url
  if (own !== undefined && new URL(own).origin === new URL(server).origin) return null
  return (
    <p>
      It is kept on <strong>{new URL(server).host}</strong>, another server than usual: it cannot read what is
      written, but sees when and from where you connect.
    </p>
  )
}
