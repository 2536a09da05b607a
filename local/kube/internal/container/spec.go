package container

// Spec is everything the child needs to build a root and become the command.
type Spec struct {
	Root     string   // an empty folder of the host, the mount point of the root
	Tmp      string   // a folder of the host that becomes /tmp
	Hostname string   // at most 63 bytes
	Files    []File   // written into the root, replacing what is there
	Layers   []Layer  // laid over the root, in order
	Mounts   []Mount  // volumes, bound in order of their paths
	Args     []string // the command; the first is looked up in PATH
	Env      []string // NAME=value, all of the environment
	Cwd      string   // "" is /
}

// File is a small file of the root.
type File struct {
	Path string
	Text string
}

// Layer puts a folder (writable copy) or a file (read-only) of the host at Dst.
// Several folders at the same Dst are merged; the later one wins.
type Layer struct{ Src, Dst string }

// Mount binds a folder or file of the host at Dst.
type Mount struct {
	Src, Dst string
	ReadOnly bool
}
