//! The hash of what a dataset contains, whatever files hold it.

use crate::hash::Hasher;
use crate::steps::StepContent;
use crate::{Dataset, MetadataValue, PersonColumn, PersonValues};

impl Dataset {
    /// Blake3 hash of the content: domain, groups, segments, steps, records and people, but neither the
    /// rest of the card nor how the files encode it. What is known of people counts where it is more
    /// than their records say, and metadata of segments where there is some, so that a dataset without
    /// either has the hash it always had.
    pub fn hash(&self) -> String {
        let mut hasher = Hasher::default();
        hasher.text(&format!("medley dataset 1, {:?}", self.card.domain));
        self.hash_groups(&mut hasher);
        self.hash_segments(&mut hasher);
        for (kind, feedback) in self.feedback() {
            hasher.text(kind);
            hasher.number(feedback.rows() as u64);
            hasher.part(&feedback.said().digest);
        }
        if self.more_is_known_of_people() {
            self.hash_people(&mut hasher);
        }
        if !self.segments().metadata().is_empty() {
            self.hash_metadata(&mut hasher);
        }
        hasher.hex()
    }

    fn hash_metadata(&self, hasher: &mut Hasher) {
        hasher.text("metadata");
        let columns = self.segments().metadata().columns();
        hasher.number(columns.len() as u64);
        for column in columns {
            hasher.text(column.name());
            for segment in 0..self.segments().len() {
                match column.value(segment) {
                    None => hasher.optional(None),
                    Some(MetadataValue::Text(label)) => hasher.optional(Some(&label)),
                    Some(MetadataValue::Number(number)) => {
                        hasher.number(2);
                        hasher.number(number.to_bits());
                    }
                }
            }
        }
    }

    fn hash_people(&self, hasher: &mut Hasher) {
        hasher.text("people");
        hasher.number(self.people().len() as u64);
        self.people().ids().iter().for_each(|id| hasher.text(&id.0));
        let mut columns: Vec<&PersonColumn> = self.people().columns().iter().collect();
        columns.sort_by_key(|column| &column.name);
        hasher.number(columns.len() as u64);
        for PersonColumn { name, values } in columns {
            hasher.text(name);
            match values {
                PersonValues::Text(values) => {
                    values.iter().for_each(|text| hasher.optional(text.as_deref()));
                }
                PersonValues::Number(values) => values.iter().for_each(|number| match number {
                    None => hasher.optional(None),
                    Some(number) => {
                        hasher.number(2);
                        hasher.number(number.to_bits());
                    }
                }),
            }
        }
    }

    fn hash_groups(&self, hasher: &mut Hasher) {
        hasher.number(self.groups().len() as u64);
        for g in 0..self.groups().len() {
            hasher.text(self.groups().id(g));
            hasher.optional(self.groups().prompt(g));
            hasher.optional(self.groups().context(g));
        }
    }

    fn hash_segments(&self, hasher: &mut Hasher) {
        let segments = self.segments();
        hasher.number(segments.len() as u64);
        for i in 0..segments.len() {
            hasher.text(&segments.id(i).0);
            hasher.number(segments.groups(i).len() as u64);
            segments.groups(i).iter().for_each(|&g| hasher.number(u64::from(g)));
            hasher.number(segments.steps(i).start as u64);
            hasher.number(segments.steps(i).end as u64);
            hasher.optional(segments.text(i));
        }
        hasher.number(segments.step_count() as u64);
        match &segments.steps.content {
            StepContent::Text { spans, .. } => spans.iter().for_each(|span| {
                hasher.number(u64::from(span.start) << 32 | u64::from(span.end));
            }),
            StepContent::Control { names, values } => {
                names.iter().for_each(|name| hasher.text(name));
                for chunk in values.chunks(1 << 20) {
                    chunk.iter().for_each(|value| hasher.number(u64::from(value.to_bits())));
                }
            }
        }
        segments.true_rewards().into_iter().flatten().for_each(|r| hasher.number(r.to_bits()));
    }
}
