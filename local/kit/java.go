package kit

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"

	"gopkg.in/yaml.v3"
)

// Flink 1.20 runs on Java 11 (with 8, deprecated), 17 and 21; see
// https://nightlies.apache.org/flink/flink-docs-release-1.20/docs/deployment/java_compatibility/.
const oldestJava, newestJava = 11, 21

// javaHome is the Java that runs Flink and Maven.
type javaHome struct{ dir string }

func (j javaHome) env() []string { return []string{"JAVA_HOME=" + j.dir} }

// findJava takes $JAVA_HOME, else the Java on the PATH, and reads its version
// from the "release" file that every JDK since 9 has: no process is started.
func findJava() (javaHome, error) {
	dir := os.Getenv("JAVA_HOME")
	if dir == "" {
		found, err := exec.LookPath("java")
		if err != nil {
			return javaHome{}, errors.New("  java: install a JDK of 11 to 21 (17 is the one tested)")
		}
		if found, err = filepath.EvalSymlinks(found); err != nil {
			return javaHome{}, fmt.Errorf("  java: %w", err)
		}
		dir = filepath.Dir(filepath.Dir(found))
	}
	dir, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return javaHome{}, fmt.Errorf("  java: JAVA_HOME is no folder: %w", err)
	}
	return javaHome{dir}, checkJava(dir)
}

var javaRelease = regexp.MustCompile(`(?m)^JAVA_VERSION="(\d+)`)

func checkJava(dir string) error {
	text, err := os.ReadFile(filepath.Join(dir, "release"))
	found := javaRelease.FindSubmatch(text)
	if err != nil || found == nil {
		return fmt.Errorf("  java: cannot tell the version of the Java in %s: set JAVA_HOME to a JDK of %d to %d", dir, oldestJava, newestJava)
	}
	major, err := strconv.Atoi(string(found[1]))
	if err != nil || major < oldestJava || major > newestJava {
		return fmt.Errorf("  java: %s is Java %s, Flink %s runs on %d to %d: set JAVA_HOME to one of those (17 is the one tested)",
			dir, found[1], FlinkVersion, oldestJava, newestJava)
	}
	return nil
}

// JavaOptions are the options that Flink needs on Java 17 (--add-opens and the
// like), as its own conf/config.yaml has them under env.java.opts.all. A
// configuration that replaces that file, such as the operator's, must repeat them.
func JavaOptions(k *Kit) (string, error) {
	path := filepath.Join(k.FlinkHome, "conf", "config.yaml")
	text, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	var conf struct {
		Env struct {
			Java struct {
				Opts struct {
					All string `yaml:"all"`
				} `yaml:"opts"`
			} `yaml:"java"`
		} `yaml:"env"`
	}
	if err := yaml.Unmarshal(text, &conf); err != nil {
		return "", fmt.Errorf("%s: %w", path, err)
	}
	if conf.Env.Java.Opts.All == "" {
		return "", fmt.Errorf("%s has no env.java.opts.all: not the configuration of Flink %s", path, FlinkVersion)
	}
	return conf.Env.Java.Opts.All, nil
}
