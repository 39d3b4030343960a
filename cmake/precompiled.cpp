// The one source of the targets that carry the precompiled headers (cip_precompiled.cmake).
