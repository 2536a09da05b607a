package mirror

import (
	"fmt"
	"strings"

	"github.com/sluice-flink/sluice/infra/platform"
)

// Script copies everything, for a shell: what is there already is copied again,
// which moves nothing. It begins when the shell has read all of it: a script that
// was cut off on its way copies nothing. crane takes charts of registries as it takes images
// (https://github.com/google/go-containerregistry/blob/main/cmd/crane/doc/crane_copy.md);
// those of an index are pulled and pushed by helm
// (https://helm.sh/docs/topics/registries/). A registry of ECR's makes no
// repository by itself
// (https://docs.aws.amazon.com/AmazonECR/latest/userguide/push-oci-artifact.html).
func (c Copies) Script() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %d charts and %d images for %s.\n# It needs crane and helm, signed in to that registry, or the rights for it in AWS.\nset -eu\ncopies() {\n", len(c.Charts), len(c.Images), c.Mirror)
	b.WriteString(`folder="$(mktemp -d)"` + "\ntrap 'rm -rf \"$folder\"' EXIT\n")
	host, _, _ := strings.Cut(c.Mirror, "/")
	region, private := platform.ECR(c.Mirror)
	if private {
		fmt.Fprintf(&b, signIn, region, host, region, host)
		fmt.Fprintf(&b, repository, region, region)
	}
	ready := func(to string) {
		if private {
			b.WriteString("repository " + repositoryOf(host, to) + "\n")
		}
	}
	for _, chart := range c.Charts {
		ready(chart.To)
		b.WriteString(chart.copied())
	}
	seen := map[string]bool{}
	for _, image := range c.Images {
		if name := repositoryOf(host, image.To); !seen[name] {
			ready(image.To)
			seen[name] = true
		}
		fmt.Fprintf(&b, "crane copy %s %s\n", image.From, image.To)
	}
	b.WriteString("}\ncopies </dev/null\n")
	return b.String()
}

const signIn = `aws ecr get-login-password --region %s | crane auth login %s --username AWS --password-stdin
aws ecr get-login-password --region %s | helm registry login %s --username AWS --password-stdin
`

const repository = `repository() {
  aws ecr describe-repositories --region %s --repository-names "$1" >/dev/null 2>&1 ||
    aws ecr create-repository --region %s --repository-name "$1" >/dev/null
}
`

// copied is the command for a chart.
func (c Chart) copied() string {
	to := strings.TrimPrefix(c.To, "oci://")
	if from, is := strings.CutPrefix(c.From, "oci://"); is {
		return fmt.Sprintf("crane copy %s:%s %s:%s\n", from, c.Version, to, c.Version)
	}
	return fmt.Sprintf("helm pull %s --repo %s --version %s --destination \"$folder\"\nhelm push \"$folder\"/%s-%s.tgz oci://%s\n",
		c.Name, c.From, c.Version, c.Name, c.Version, strings.TrimSuffix(to, "/"+c.Name))
}

// repositoryOf is the name of a repository in its registry.
func repositoryOf(host, to string) string {
	name := strings.TrimPrefix(strings.TrimPrefix(to, "oci://"), host+"/")
	name, _, _ = strings.Cut(name, ":")
	return name
}
