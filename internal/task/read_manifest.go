package task

import (
	"context"

	"github.com/sluice-flink/sluice/internal/flink"
	"github.com/sluice-flink/sluice/internal/manifest"
)

// maxManifest is the largest manifest or layer that is read, in bytes.
const maxManifest = 1 << 20

// readManifest reads the application's manifest as it is now, or the one below
// prefix, over the policies of platform and namespace. One that is missing or
// wrong is Invalid; so is a layer that is wrong, since it may be what forbids.
func (t Tasks) readManifest(ctx context.Context, app flink.Application, prefix string) (*manifest.Manifest, error) {
	key, body, err := t.manifestText(ctx, app, prefix)
	if err != nil {
		return nil, err
	}
	layers, err := t.layers(ctx, app)
	if err != nil {
		return nil, err
	}
	m, err := manifest.Parse(body, app, t.Config.Placeholders, layers...)
	if err != nil {
		return nil, flink.Errorf(flink.Invalid, "read the manifest s3://"+t.Config.ArtifactBucket+"/"+key, "%w", err)
	}
	return m, nil
}

func (t Tasks) manifestText(ctx context.Context, app flink.Application, prefix string) (key string, body []byte, err error) {
	key = app.ManifestKey()
	if prefix != "" {
		key = prefix + flink.ManifestFile
	}
	body, err = t.Artifacts.Read(ctx, t.Config.ArtifactBucket, key, "", maxManifest)
	switch {
	case err == nil || flink.CodeOf(err) != flink.NotFound:
		return key, body, err
	case prefix != "":
		return t.manifestText(ctx, app, "") // a dry run of a jar with the manifest that is there
	}
	return key, nil, flink.Errorf(flink.Invalid, "read the manifest", "there is no manifest at s3://%s/%s: upload the FlinkDeployment there; the jar beside it is then released by itself", t.Config.ArtifactBucket, key)
}

// layers are the policies that lie under the application's: the platform's
// first. Where there is none, the defaults count.
func (t Tasks) layers(ctx context.Context, app flink.Application) ([]*manifest.Layer, error) {
	var layers []*manifest.Layer
	for _, key := range []string{manifest.PlatformKey(), manifest.NamespaceKey(app.Namespace)} {
		body, err := t.Artifacts.Read(ctx, t.Config.ArtifactBucket, key, "", maxManifest)
		if err != nil && flink.CodeOf(err) == flink.NotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		l, err := manifest.ParseLayer(body, "s3://"+t.Config.ArtifactBucket+"/"+key)
		if err != nil {
			return nil, err
		}
		layers = append(layers, l)
	}
	return layers, nil
}
