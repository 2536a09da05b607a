package kit

import (
	"context"
	"path/filepath"
)

// nodePart installs the npm packages at the root of the checkout, where npx
// finds them too. npm removes node_modules first, and the stamp with it, so an
// install that was cut off is done again.
func nodePart(o Options) (*part, error) {
	key, err := hashOf(o.Module, []string{"package.json", "package-lock.json"})
	if err != nil {
		return nil, err
	}
	modules := filepath.Join(o.Module, "node_modules")
	return &part{
		name:   "node",
		title:  "the npm packages",
		client: "npm",
		tools:  []tool{nodejs, npm},
		place:  modules,
		locks:  filepath.Join(o.Cache, "locks"),
		stamp:  filepath.Join(modules, ".made-of"),
		key:    key,
		build: func(ctx context.Context, w work) error {
			w.report.begin("installing jsonata, asl-validator, aws-cdk and kubectl (72 MB)")
			return client{dir: o.Module, argv: []string{"npm", "ci"}}.run(ctx)
		},
	}, nil
}
