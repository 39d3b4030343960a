import { PHONE, useMedia } from '@/lib/use-media'

/** Where tables drop columns and matrices their words. */
export const usePhone = () => useMedia(PHONE)
