"""What the classes of a module declare, from its source alone, as JSON: surface.py SOURCE."""
import ast
import json
import sys


def parameters(node):
    """Names of parameters, those of PySpark's own mixins among them."""
    names = [base.id[3:4].lower() + base.id[4:] for base in node.bases if isinstance(base, ast.Name) and base.id[:3] == "Has"]
    calls = [statement.value for statement in node.body if isinstance(statement, ast.AnnAssign)]
    return names + [call.args[1].value for call in calls if isinstance(call, ast.Call) and call.func.id == "Param"]


def setters(node):
    """Names of methods that set one parameter."""
    return [function.name for function in node.body
            if isinstance(function, ast.FunctionDef) and function.name[:3] == "set" and function.name[3:4].isupper()
            and [argument.arg for argument in function.args.args] == ["self", "value"]]


def calls(node):
    """Names that are looked up in ``self._java_obj``."""
    return [call.attr for call in ast.walk(node) if isinstance(call, ast.Attribute) and isinstance(call.value, ast.Attribute)
            and call.value.attr == "_java_obj"]


with open(sys.argv[1], encoding="utf-8") as file:
    classes = [node for node in ast.parse(file.read()).body if isinstance(node, ast.ClassDef)]
json.dump({node.name: {
    "bases": [base.id for base in node.bases if isinstance(base, ast.Name)], "params": parameters(node),
    "setters": setters(node), "calls": calls(node)} for node in classes}, sys.stdout)
