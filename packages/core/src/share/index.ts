export { type OpenLinkOptions, openLink } from './open-link.js'
export { type LinkInfo, parseLink } from './parse-link.js'
export { type ShareLinkOptions, shareLink } from './share-link.js'
export { type AddressBar, takeLinkFromAddress } from './take-link-from-address.js'
