package main

import (
	"fmt"
	"os"

	"github.com/spf13/pflag"

	"github.com/sluice-flink/sluice/internal/manifest"
)

// layerFiles are the files of the layers that lie under an application's policy.
type layerFiles struct{ platform, namespace string }

func (f *layerFiles) declare(set *pflag.FlagSet) {
	set.StringVar(&f.platform, "platform", "", "file of the platform's policy ("+manifest.PlatformKey()+" in the artifact bucket)")
	set.StringVar(&f.namespace, "namespace", "", "file of the namespace's policy ("+manifest.NamespaceKey("<namespace>")+" in the artifact bucket)")
}

func (f *layerFiles) given() bool { return f.platform != "" || f.namespace != "" }

// read takes the layers from their files; the application's document is left out.
func (f *layerFiles) read() (policyDocuments, error) {
	docs := policyDocuments{
		{source: manifest.FromPlatform, name: orElse(f.platform, "no --platform"), key: f.platform},
		{source: manifest.FromNamespace, name: orElse(f.namespace, "no --namespace"), key: f.namespace},
	}
	for n, file := range []string{f.platform, f.namespace} {
		if file == "" {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return docs, fmt.Errorf("read the policy of the %s: %w", docs[n].source, err)
		}
		docs[n].text = text
	}
	return docs, nil
}
