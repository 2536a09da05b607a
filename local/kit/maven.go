package kit

import (
	"context"
	_ "embed" // the two project files
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

var (
	//go:embed maven/operator.xml
	operatorPOM []byte
	//go:embed maven/s3.xml
	s3POM []byte
)

func operatorPart(o Options, java javaHome) *part {
	return &part{
		name:   "operator",
		title:  "the Flink Kubernetes Operator " + OperatorVersion,
		client: "maven",
		tools:  []tool{maven},
		place:  filepath.Join(o.Cache, "operator", OperatorVersion),
		locks:  filepath.Join(o.Cache, "locks"),
		build: func(ctx context.Context, w work) error {
			w.report.begin("downloading the Flink Kubernetes Operator %s (111 MB)", OperatorVersion)
			lib := filepath.Join(w.dir, "lib")
			if err := copyDependencies(ctx, w, java, operatorPOM, "-Doperator.version="+OperatorVersion, lib); err != nil {
				return err
			}
			return extractCRDs(lib, filepath.Join(w.dir, "crds"))
		},
	}
}

// The hadoop one of the two S3 file systems, because FileSink needs its
// recoverable writer; a JobManager must not have both. On a gateway over a file
// system it needs "s3.directory.marker.retention: keep" in Flink's configuration:
// otherwise it deletes the markers of parent folders after every write, which
// such a gateway refuses, and the job stays INITIALIZING.
func s3Part(o Options, java javaHome) *part {
	return &part{
		name:   "s3",
		title:  "flink-s3-fs-hadoop " + S3Version,
		client: "maven",
		tools:  []tool{maven},
		place:  filepath.Join(o.Cache, "s3-fs-hadoop", S3Version),
		locks:  filepath.Join(o.Cache, "locks"),
		build: func(ctx context.Context, w work) error {
			w.report.begin("downloading flink-s3-fs-hadoop %s (31 MB)", S3Version)
			return copyDependencies(ctx, w, java, s3POM, "-Ds3.version="+S3Version, w.dir)
		},
	}
}

// jobsPart builds the sample jars where anyone looks for them: in the example's
// own target folder. Their tests are the example's business, not the kit's.
func jobsPart(o Options, java javaHome) (*part, error) {
	dir := filepath.Join(o.Module, "examples", "java", "counter")
	key, err := hashOf(dir, []string{"pom.xml", "src", "versions"}, "target", "test")
	if err != nil {
		return nil, err
	}
	target := filepath.Join(dir, "target")
	return &part{
		name:   "jobs",
		title:  "the sample jobs",
		client: "maven",
		tools:  []tool{maven, javac},
		place:  target,
		locks:  filepath.Join(o.Cache, "locks"),
		stamp:  filepath.Join(target, ".made-of"),
		key:    key,
		build: func(ctx context.Context, w work) error {
			w.report.begin("building the sample jobs")
			return runMaven(ctx, w, java, dir, "package", "-Dmaven.test.skip=true")
		},
	}, nil
}

func copyDependencies(ctx context.Context, w work, java javaHome, pom []byte, version, into string) error {
	project := filepath.Join(w.scratch, "pom.xml")
	if err := os.WriteFile(project, pom, 0o644); err != nil {
		return err
	}
	return runMaven(ctx, w, java, w.scratch, "dependency:copy-dependencies", version, "-DincludeScope=runtime", "-DoutputDirectory="+into)
}

func runMaven(ctx context.Context, w work, java javaHome, dir string, args ...string) error {
	files := 0
	return client{
		dir:  dir,
		env:  java.env(),
		argv: append([]string{"mvn", "-B"}, args...),
		line: func(line string) {
			if strings.Contains(line, "Downloaded from ") {
				files++
				w.report.count("files downloaded", files, 50)
			}
		},
	}.run(ctx)
}

// extractCRDs takes the definitions for apiextensions.k8s.io/v1 out of the
// operator's API jar; the v1beta1 ones beside them are of no use since Kubernetes 1.22.
func extractCRDs(lib, into string) error {
	jar := filepath.Join(lib, "flink-kubernetes-operator-api-"+OperatorVersion+".jar")
	if err := unzip(jar, "META-INF/fabric8/", into); err != nil {
		return err
	}
	old, err := filepath.Glob(filepath.Join(into, "*-v1beta1.yml"))
	if err != nil {
		return err
	}
	for _, f := range old {
		if err := os.Remove(f); err != nil {
			return err
		}
	}
	if left, err := filepath.Glob(filepath.Join(into, "*-v1.yml")); err != nil || len(left) == 0 {
		return fmt.Errorf("%s holds no CustomResourceDefinitions", filepath.Base(jar))
	}
	return nil
}
