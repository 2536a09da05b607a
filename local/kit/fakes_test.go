package kit

import (
	"archive/tar"
	"archive/zip"
	"compress/gzip"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// machine is a fresh machine with a checkout, a Java and scripts for clients.
type machine struct {
	t         *testing.T
	bin, root string
	calls     string // a line a client run
	options   Options
	out       *strings.Builder
}

func newMachine(t *testing.T) *machine {
	dir := t.TempDir()
	m := &machine{t: t, bin: filepath.Join(dir, "bin"), root: filepath.Join(dir, "checkout"), calls: filepath.Join(dir, "calls"), out: &strings.Builder{}}
	m.options = Options{Module: m.root, Cache: filepath.Join(dir, "cache"), Out: m.out}
	m.write("checkout/go.mod", "module "+modulePath+"\n")
	m.write("checkout/local/kube/main.go", "package main\n")
	m.write("checkout/examples/java/counter/pom.xml", "<project/>")
	m.write("checkout/examples/java/counter/src/A.java", "class A {}")
	m.write("checkout/examples/java/counter/versions/v1/pom.xml", "<project/>")
	m.write("checkout/package.json", "{}")
	m.write("checkout/package-lock.json", "{}")
	m.write("java/release", "JAVA_VERSION=\"17.0.1\"\n")
	m.write("java/bin/javac", "#!/bin/sh\n")
	m.tarball(filepath.Join(dir, "libraries.tar.gz"), "x-1/deps/lib/a.jar", "x-1/deps/opt/b.jar", "x-1/deps/plugins/c/c.jar", "x-1/setup.py")
	m.zip(filepath.Join(dir, "scripts.whl"), "pyflink/bin/flink", "pyflink/conf/config.yaml", "pyflink/other.py")
	m.zip(filepath.Join(dir, "api.jar"), "META-INF/fabric8/jobs-v1.yml", "META-INF/fabric8/jobs-v1beta1.yml")
	m.client("go", `echo "go: downloading x v1" >&2; echo a; echo b`)
	m.client("make", `for a; do case $a in OUT=*) echo built >"${a#OUT=}";; esac; done`)
	m.client("python3", `while [ "$1" != -d ]; do shift; done
case "$*" in *libraries*) cp "$TEST_DIR/libraries.tar.gz" "$2";; *) cp "$TEST_DIR/scripts.whl" "$2";; esac`)
	m.client("mvn", `for a; do case $a in -DoutputDirectory=*) out=${a#*=};; esac; done
case "$*" in
*operator.version*) mkdir -p "$out"; cp "$TEST_DIR/api.jar" "$out/flink-kubernetes-operator-api-`+OperatorVersion+`.jar";;
*s3.version*) mkdir -p "$out"; echo s3 >"$out/s3.jar";;
*) mkdir -p target; echo jar >target/counter-v1.jar;;
esac`)
	m.client("npm", `rm -rf node_modules; mkdir -p node_modules/jsonata; echo js >node_modules/jsonata/jsonata.js`)
	m.client("node", ``)
	t.Setenv("TEST_DIR", dir)
	t.Setenv("JAVA_HOME", filepath.Join(dir, "java"))
	t.Setenv("PATH", m.bin)
	return m
}

// client puts a program on the PATH that notes its name and then runs a script.
func (m *machine) client(name, script string) {
	m.t.Helper()
	m.write("bin/"+name, "#!/bin/sh\nPATH=/usr/bin:/bin\necho "+name+" >>"+m.calls+"\n"+script+"\n")
}

func (m *machine) write(name, text string) {
	m.t.Helper()
	path := filepath.Join(filepath.Dir(m.root), name)
	m.must(os.MkdirAll(filepath.Dir(path), 0o755))
	m.must(os.WriteFile(path, []byte(text), 0o755))
}

func (m *machine) tarball(path string, names ...string) {
	m.t.Helper()
	f, err := os.Create(path)
	m.must(err)
	z := gzip.NewWriter(f)
	w := tar.NewWriter(z)
	for _, n := range names {
		m.must(w.WriteHeader(&tar.Header{Name: n, Size: int64(len(n)), Mode: 0o644, Typeflag: tar.TypeReg}))
		_, err := w.Write([]byte(n))
		m.must(err)
	}
	m.must(w.Close())
	m.must(z.Close())
	m.must(f.Close())
}

func (m *machine) zip(path string, names ...string) {
	m.t.Helper()
	f, err := os.Create(path)
	m.must(err)
	w := zip.NewWriter(f)
	for _, n := range names {
		e, err := w.Create(n)
		m.must(err)
		_, err = e.Write([]byte(n))
		m.must(err)
	}
	m.must(w.Close())
	m.must(f.Close())
}

// called counts the runs of one client, or of all for "".
func (m *machine) called(name string) int {
	text, _ := os.ReadFile(m.calls)
	count := 0
	for _, line := range strings.Fields(string(text)) {
		if name == "" || line == name {
			count++
		}
	}
	return count
}

func (m *machine) must(err error) {
	m.t.Helper()
	if err != nil {
		m.t.Fatal(err)
	}
}
