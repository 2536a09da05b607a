// Package released knows what a release left standing on AWS, and finds what the
// next one would replace or remove.
//
// Record takes from a template what somebody would miss: data, what others know
// by its name, what everything stands in. Of each it keeps the properties that
// cannot be changed in place, as the specification of CloudFormation's resources
// says (replacing.js asks for it). Compare holds that against a new template.
//
// It refuses to know which stacks there are, and the CDK. Start with record.go.
package released
