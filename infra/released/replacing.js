// Prints what CloudFormation's specification says about the types it is given:
// whether a type holds data, and which properties cannot be changed in place.
//
//   node infra/released/replacing.js AWS::S3::Bucket AWS::EKS::Cluster
const { loadAwsServiceSpecSync } = require('@aws-cdk/aws-service-spec');

const db = loadAwsServiceSpecSync();

// below lists the paths of the properties of a type, of a resource or of what it
// is made of, whose change replaces the resource or may do so.
function below(entity, path, seen) {
  const found = [];
  for (const [name, property] of Object.entries(entity.properties)) {
    const here = [...path, name];
    if (property.causesReplacement && property.causesReplacement !== 'no') {
      found.push(here.join('/'));
      continue;
    }
    for (const { id, list } of references(property.type)) {
      if (!seen.includes(id)) {
        found.push(...below(db.get('typeDefinition', id), list ? [...here, '*'] : here, [...seen, id]));
      }
    }
  }
  return found;
}

function references(type) {
  switch (type.type) {
    case 'ref': return [{ id: type.reference.$ref, list: false }];
    case 'array':
    case 'map': return references(type.element).map(({ id }) => ({ id, list: true }));
    case 'union': return type.types.flatMap(references);
    default: return [];
  }
}

const specs = {};
for (const type of process.argv.slice(2)) {
  const known = db.lookup('resource', 'cloudFormationType', 'equals', type);
  if (known.length === 0) continue; // a custom resource: its provider decides
  const resource = known.only();
  specs[type] = { Stateful: Boolean(resource.isStateful), Replacing: [...new Set(below(resource, [], []))].sort() };
}
console.log(JSON.stringify(specs));
