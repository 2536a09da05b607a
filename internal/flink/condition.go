package flink

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
)

// Condition is what the answer to a query has to be: result OP number.
type Condition struct {
	operator string
	number   float64
}

// conditionForm is the form of a condition. There is one comparison and no
// more: what a condition cannot say, the query can.
var conditionForm = regexp.MustCompile(`^\s*result\s*(<=|>=|==|!=|<|>)\s*([+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?)\s*$`)

// ParseCondition reads a condition, as in result < 0.01.
func ParseCondition(s string) (Condition, error) {
	m := conditionForm.FindStringSubmatch(s)
	if m == nil {
		return Condition{}, fmt.Errorf("%q is no condition; write result, one of < <= > >= == != and a number, as in result < 0.01", s)
	}
	n, err := strconv.ParseFloat(m[2], 64)
	if err != nil {
		return Condition{}, fmt.Errorf("%q is no condition: %q is no number that can be compared with; write one as in result < 0.01", s, m[2])
	}
	return Condition{m[1], n}, nil
}

// Holds tells whether a result satisfies the condition. NaN, which queries
// answer where they divided by nothing, satisfies none, != neither.
func (c Condition) Holds(result float64) bool {
	if math.IsNaN(result) {
		return false
	}
	switch c.operator {
	case "<":
		return result < c.number
	case "<=":
		return result <= c.number
	case ">":
		return result > c.number
	case ">=":
		return result >= c.number
	case "==":
		return result == c.number
	case "!=":
		return result != c.number
	}
	return false // the zero Condition, which nobody parsed
}

// String is the condition as a person writes it.
func (c Condition) String() string {
	return "result " + c.operator + " " + strconv.FormatFloat(c.number, 'g', -1, 64)
}
