package template

import "fmt"

// refResource is what Ref yields for a resource.
func (r *resolver) refResource(id string) (any, error) {
	name, err := r.nameOf(id)
	if err != nil {
		return nil, err
	}
	if k := kinds[r.t.Resources[id].Type]; k.ref != nil {
		return k.ref(r.place, name), nil
	}
	return name, nil
}

// attribute is what Fn::GetAtt yields for a resource.
func (r *resolver) attribute(id, attribute string) (any, error) {
	name, err := r.nameOf(id)
	if err != nil {
		return nil, err
	}
	resource := r.t.Resources[id]
	k, read := kinds[resource.Type]
	arn := k.arn
	if !read {
		arn = harmlessArns[resource.Type]
	}
	if (attribute == "Arn" || attribute == "TopicArn" && resource.Type == "AWS::SNS::Topic") && arn != nil {
		return arn(r.place, name), nil
	}
	for _, other := range k.attrs {
		if attribute == other {
			return name, nil
		}
	}
	return nil, fmt.Errorf("the template asks for %s of %s (%s), which is not known here", attribute, id, resource.Type)
}

// nameOf is a resource's physical name: its own, or one made of the stack's
// name and the logical id, so that it is the same at every start.
func (r *resolver) nameOf(id string) (string, error) {
	resource, ok := r.t.Resources[id]
	if !ok {
		return "", fmt.Errorf("the template refers to %s, which is neither a parameter nor a resource", id)
	}
	if r.naming[id] {
		return "", fmt.Errorf("the name of %s is made of itself", id)
	}
	r.naming[id] = true
	defer delete(r.naming, id)
	k, read := kinds[resource.Type]
	if !read {
		k = kind{named: harmlessNamed[resource.Type], generate: plainName}
	}
	if given, ok := resource.Properties[k.named]; ok {
		value, err := r.value(given)
		if _, absent := value.(noValue); err != nil || !absent {
			text, isText := value.(string)
			if err == nil && !isText {
				err = fmt.Errorf("%s of %s is no text", k.named, id)
			}
			return text, err
		}
	}
	return k.generate(r.place, id), nil
}
