package manifest

// Schemas are the JSON schemas of the documents that are ours, by kind.
func Schemas() map[string]map[string]any {
	return map[string]map[string]any{
		policyKind: document(policyKind, "The optional second document of an application.yaml. "+durationsAre, schemaOf(policyFields, "", true), "apiVersion", "kind"),
		platformKind: document(platformKind, "What lies under the policies of all applications: "+PlatformKey()+" in the artifact bucket. "+durationsAre,
			layerSchema(), "apiVersion", "kind", "spec"),
		namespaceKind: document(namespaceKind, "What lies under the policies of a namespace's applications: "+NamespaceKey("<namespace>")+" in the artifact bucket. "+durationsAre,
			layerSchema(), "apiVersion", "kind", "spec"),
	}
}

const durationsAre = "Durations are whole numbers with d, h, m or s, as in 1h30m."

func document(kind, about string, spec map[string]any, required ...string) map[string]any {
	return map[string]any{
		"$schema":              "https://json-schema.org/draft/2020-12/schema",
		"title":                kind,
		"description":          about,
		"type":                 "object",
		"additionalProperties": false,
		"required":             required,
		"properties": map[string]any{
			"apiVersion": map[string]any{"const": policyAPI},
			"kind":       map[string]any{"const": kind},
			"spec":       spec,
		},
	}
}

func layerSchema() map[string]any {
	return objectSchema(map[string]any{
		"defaults": schemaOf(policyFields, "What applies where no policy below says otherwise.", false),
		"locked": map[string]any{"type": "array", "maxItems": maxAllowed, "uniqueItems": true, "items": map[string]any{"enum": lockable()},
			"description": "Fields, and mappings of fields, that nobody below may set to another value."},
		"allow": schemaOf(allowFields, "What teams may use. In a pattern * stands for anything.", false),
	})
}

// schemaOf is the schema of a mapping; own tells whether it is an application's own policy.
func schemaOf(table []policyField, about string, own bool) map[string]any {
	properties := map[string]any{}
	for _, f := range table {
		switch {
		case f.own && !own:
		case f.fields != nil:
			m := schemaOf(f.fields, f.about, own)
			if f.own { // an empty pin pins nothing
				m["minProperties"] = 1
			}
			properties[f.name] = m
		default:
			properties[f.name] = leafSchema(f)
		}
	}
	s := objectSchema(properties)
	if about != "" {
		s["description"] = about
	}
	return s
}

func leafSchema(f policyField) map[string]any {
	s := f.leaf.schema()
	s["description"] = f.about
	if v := f.leaf.value(defaultSettings()); v != nil && !f.own {
		s["default"] = v
	}
	return s
}

func objectSchema(properties map[string]any, required ...string) map[string]any {
	s := map[string]any{"type": "object", "additionalProperties": false, "properties": properties}
	if len(required) > 0 {
		s["required"] = required
	}
	return s
}
