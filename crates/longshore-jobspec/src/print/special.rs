//! Blocks whose members are not where the tables say: ports, identities, scaling, constraints.

use serde_json::{Map, Value};

use super::{Printed, Printer};
use crate::schema::{Child, Content, Kind, Schema};

impl Printer {
    /// Prints a block in its own way, if it has one.
    pub(super) fn special(
        &mut self,
        schema: &'static Schema,
        child: &'static Child,
        value: &Value,
        parent: &Map<String, Value>,
    ) -> Printed<bool> {
        match child.name {
            // Where reading does not sort them, they stand where they belong.
            "port" | "reserved_ports" if schema.finish.is_none() => Ok(false),
            "port" | "reserved_ports" => self.ports(child, parent).map(|()| true),
            "identity" if child.member().as_deref() == Some("Identities") && parent.contains_key("Identity") => {
                self.identities(child, value, parent).map(|()| true)
            }
            "scaling" if child.label.is_some() => self.task_scaling(child, value).map(|()| true),
            "scaling" => self.group_scaling(child, value).map(|()| true),
            "periodic" => self.check_periodic(value).map(|()| false),
            "expose" if parent.get("ExposeConfig").is_some_and(|old| !old.is_null()) => {
                self.refuse("the member `ExposeConfig` cannot be written; it is `Expose` in the language")
            }
            _ => Ok(false),
        }
    }

    /// Ports with a fixed number first: that is the order that they have when they are read (SPEC-88).
    fn ports(&mut self, child: &'static Child, parent: &Map<String, Value>) -> Printed {
        let list = |member: &str| parent.get(member).and_then(Value::as_array).cloned().unwrap_or_default();
        let (reserved, dynamic) = (list("ReservedPorts"), list("DynamicPorts"));
        let is_fixed = |port: &Value| port.get("Value").and_then(Value::as_i64).is_some_and(|value| value > 0);
        let sorted = reserved.iter().all(is_fixed) && !dynamic.iter().any(is_fixed);
        let all: Vec<Value> = match (sorted, child.name) {
            (true, "port") => reserved.into_iter().chain(dynamic).collect(),
            (true, _) => return Ok(()),
            (false, "reserved_ports") if dynamic.is_empty() => reserved,
            (false, "port") if dynamic.is_empty() => return Ok(()),
            _ => return self.refuse("ports with a number are reserved and others are not; these are not so"),
        };
        for (index, port) in all.iter().enumerate() {
            self.at(format!("[{index}]"), |printer| printer.one(child, port))?;
        }
        Ok(())
    }

    /// A task's own identity stands before the others (SPEC-94).
    fn identities(&mut self, child: &'static Child, value: &Value, parent: &Map<String, Value>) -> Printed {
        let is_default = |one: &Value| matches!(one.get("Name").and_then(Value::as_str), Some("" | "default") | None);
        let own = parent.get("Identity").filter(|identity| !identity.is_null());
        let others = value.as_array().map(Vec::as_slice).unwrap_or_default();
        match own {
            Some(own) if !is_default(own) => return self.refuse("a task's own identity has no name, or is `default`"),
            None if others.iter().any(is_default) => {
                return self.refuse("an identity without a name of its own is the task's own");
            }
            _ => {}
        }
        for (index, identity) in own.into_iter().chain(others).enumerate() {
            self.at(format!("[{index}]"), |printer| printer.one(child, identity))?;
        }
        Ok(())
    }

    /// The type is the label (SPEC-90).
    fn task_scaling(&mut self, child: &'static Child, value: &Value) -> Printed {
        let mut seen = Vec::new();
        for (index, policy) in value.as_array().into_iter().flatten().enumerate() {
            self.at(format!("[{index}]"), |printer| {
                let kind = policy.get("Type").and_then(Value::as_str).unwrap_or_default();
                let label = match kind {
                    "vertical_cpu" => "\"cpu\"",
                    "vertical_mem" => "\"mem\"",
                    _ => return printer.refuse("a task scales `vertical_cpu` or `vertical_mem`"),
                };
                if seen.contains(&label) {
                    return printer.refuse("there is another of its type");
                }
                seen.push(label);
                printer.scaling(child, policy, Some(label))
            })?;
        }
        Ok(())
    }

    /// `max` must be there, null or not (SPEC-89).
    fn group_scaling(&mut self, child: &'static Child, value: &Value) -> Printed {
        match value.get("Type").and_then(Value::as_str) {
            Some("horizontal") => self.scaling(child, value, None),
            None if value.is_null() => Ok(()),
            _ => self.refuse("a group scales `horizontal`"),
        }
    }

    fn scaling(&mut self, child: &'static Child, policy: &Value, label: Option<&str>) -> Printed {
        let (Content::Body(schema), Some(members)) = (child.content, policy.as_object()) else {
            return self.refuse("this is no object");
        };
        let mut members = members.clone();
        members.insert("Type".to_owned(), Value::from(""));
        self.block(child.name, label, |printer| {
            if members.get("Max").is_none_or(Value::is_null) && label.is_none() {
                printer.writer.argument("max", "null");
            }
            printer.body(&members, schema)
        })
    }

    /// The type of a schedule follows from its being there (SPEC-87).
    fn check_periodic(&mut self, value: &Value) -> Printed {
        let is_set = |member: &str| value.get(member).is_some_and(|value| !value.is_null());
        match value.get("SpecType").and_then(Value::as_str) {
            Some("cron") if is_set("Spec") || is_set("Specs") => Ok(()),
            None if !is_set("Spec") && !is_set("Specs") => Ok(()),
            _ => self.refuse("the type of a schedule is `cron` if there is one, and unset otherwise"),
        }
    }

    /// In full, never as a shorthand: that reads the same whatever the operand (SPEC-78, SPEC-81).
    pub(super) fn constraint(&mut self, child: &'static Child, members: &Map<String, Value>) -> Printed {
        let text = |member: &str| members.get(member).and_then(Value::as_str).unwrap_or_default();
        let (left, right, operand) = (text("LTarget"), text("RTarget"), text("Operand"));
        if operand.is_empty() {
            return self.refuse("an operand that is \"\" is read as \"=\"");
        }
        self.block(child.name, None, |printer| {
            for (name, value) in [("attribute", left), ("operator", operand), ("value", right)] {
                if !value.is_empty() {
                    let value = printer.string(value)?;
                    printer.writer.argument(name, &value);
                }
            }
            let weight = members.get("Weight").filter(|weight| !weight.is_null());
            if let Some(weight) = weight {
                let weight = printer.value(Kind::I8N, weight)?;
                printer.writer.argument("weight", &weight);
            }
            Ok(())
        })
    }
}
