// What the Go side needs of jsonata.js. The additions are Go functions; the
// returned object is all that Go calls.
(function (jsonata, additions) {
  "use strict";

  function compile(source) {
    var expression = jsonata(source);
    var facts = inspect(expression.ast(), source);
    Object.keys(additions).forEach(function (name) {
      expression.registerFunction(name, additions[name]);
    });
    expression.assign("eval", undefined);
    return { expression: expression, facts: facts };
  }

  function evaluate(compiled, bindings) {
    return compiled.expression.evaluate(undefined, bindings).then(toJSON);
  }

  function toJSON(value) {
    if (value === undefined) {
      throw { kind: "undefined" };
    }
    refuseWhatJSONCannotSay(value);
    return JSON.stringify(value);
  }

  function refuseWhatJSONCannotSay(value) {
    if (typeof value === "function") {
      throw { kind: "unsupported" };
    }
    if (typeof value === "number" && !isFinite(value)) {
      throw { code: "D1001", message: "Number out of range: " + value };
    }
    if (value === null || typeof value !== "object") {
      return;
    }
    if (value._jsonata_lambda || value._jsonata_function) {
      throw { kind: "unsupported" };
    }
    Object.keys(value).forEach(function (key) { refuseWhatJSONCannotSay(value[key]); });
  }

  // inspect lists the variables an expression takes from outside, the functions
  // it calls, and the field names that have no value to be looked up in.
  function inspect(ast, source) {
    var facts = { variables: [], calls: [], names: [] };

    function walk(node, scope, inContext) {
      if (Array.isArray(node)) {
        node.forEach(function (child) { walk(child, scope, inContext); });
        return;
      }
      if (node === null || typeof node !== "object") {
        return;
      }
      var visit = visitors[node.type] || walkChildren;
      visit(node, scope, inContext);
    }

    function walkChildren(node, scope, inContext) {
      Object.keys(node).forEach(function (key) { walk(node[key], scope, inContext); });
    }

    // What hangs on a step (filters, sorting, grouping) sees that step's value.
    function walkAttached(step, scope) {
      ["focus", "index"].forEach(function (key) { if (step[key]) { scope[step[key]] = true; } });
      (step.stages || []).forEach(function (stage) { if (stage.type === "index") { scope[stage.value] = true; } });
      ["stages", "predicate", "group"].forEach(function (key) { walk(step[key], scope, true); });
    }

    function without(node, keys) {
      var rest = {};
      Object.keys(node).forEach(function (key) { if (keys.indexOf(key) < 0) { rest[key] = node[key]; } });
      return rest;
    }

    function refer(node, scope, fields) {
      var name = node.value;
      if (name === "" || name === "$") {
        return;
      }
      if (!Object.prototype.hasOwnProperty.call(scope, name)) {
        facts.variables.push({ name: name, fields: fields, position: node.position || 0 });
      }
    }

    var attached = ["stages", "predicate", "group", "focus", "index"];
    var visitors = {
      variable: function (node, scope) {
        refer(node, scope, []);
        walkAttached(node, scope);
      },
      name: function (node, scope, inContext) {
        if (!inContext) {
          facts.names.push({ name: node.value, position: node.position || 0 });
        }
        walkAttached(node, scope);
      },
      path: function (node, scope, inContext) {
        node.steps.forEach(function (step, i) {
          if (i === 0 && step.type === "variable") {
            refer(step, scope, fieldsAfter(node.steps));
            walkAttached(step, scope);
            return;
          }
          walk(without(step, attached), scope, inContext || i > 0);
          walkAttached(step, scope);
        });
        walk(node.group, scope, true);
      },
      block: function (node, scope, inContext) {
        walk(node.expressions, Object.create(null, descriptors(scope)), inContext);
        walkAttached(node, scope);
      },
      bind: function (node, scope, inContext) {
        scope[node.lhs.value] = true; // before the right side: a function may call itself
        walk(node.rhs, scope, inContext);
      },
      lambda: function (node, scope, inContext) {
        var inner = Object.create(null, descriptors(scope));
        node.arguments.forEach(function (argument) { inner[argument.value] = true; });
        walk(node.body, inner, inContext);
      },
      "function": call,
      partial: call,
      transform: function (node, scope) {
        walk([node.pattern, node.update, node.delete], scope, true);
      },
      sort: function (node, scope) {
        walk(node.terms, scope, true);
      },
      condition: function (node, scope, inContext) {
        refuseNewerOperator(node, source);
        walkChildren(node, scope, inContext);
      },
      regex: function () {}
    };

    function call(node, scope, inContext) {
      var procedure = node.procedure;
      if (procedure.type !== "variable") {
        walk(procedure, scope, inContext);
      } else if (!Object.prototype.hasOwnProperty.call(scope, procedure.value)) {
        facts.calls.push({ name: procedure.value, position: procedure.position || 0, first: firstVariable(node) });
      }
      walk(node.arguments, scope, inContext);
      walkAttached(node, scope);
    }

    walk(ast, Object.create(null), false);
    return facts;
  }

  function descriptors(scope) {
    return Object.getOwnPropertyDescriptors(scope);
  }

  function firstVariable(node) {
    var argument = (node.arguments || [])[0];
    if (argument && argument.type === "path") {
      argument = argument.steps[0];
    }
    return argument && argument.type === "variable" ? argument.value : "";
  }

  function fieldsAfter(steps) {
    var fields = [];
    for (var i = 1; i < steps.length && steps[i].type === "name"; i++) {
      fields.push(steps[i].value);
    }
    return fields;
  }

  // Newer parsers rewrite ?: and ?? into a condition; only the text still tells.
  function refuseNewerOperator(node, source) {
    var operator = source.substring(node.position - 2, node.position);
    if (operator === "?:" || operator === "??") {
      throw {
        code: "NewerOperator",
        position: node.position,
        message: "the operator " + operator + " is newer than JSONata 2.0.6, which Step Functions implements: write $exists(a) ? a : b"
      };
    }
  }

  return { compile: compile, evaluate: evaluate };
})
