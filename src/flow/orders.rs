//! [`Orders`]: what was asked of the world and not answered yet.

use std::collections::BTreeSet;

use super::effect::{Effect, Order, OrderId};

/// Gives out order ids, remembers which are pending, and collects what an update orders.
#[derive(Debug, Default)]
pub struct Orders {
    last: u64,
    pending: BTreeSet<OrderId>,
    out: Vec<Order>,
}

impl Orders {
    /// Orders an effect.
    pub fn run(&mut self, effect: Effect) -> OrderId {
        self.last += 1;
        let id = OrderId(self.last);
        self.pending.insert(id);
        self.out.push(Order::Run { id, effect });
        id
    }

    /// Stops an order; its answer will not be listened to. Nothing happens when it is no longer pending.
    pub fn cancel(&mut self, id: OrderId) {
        if self.pending.remove(&id) {
            self.out.push(Order::Cancel { id });
        }
    }

    /// True when the order is pending: its news count.
    #[must_use]
    pub fn is_pending(&self, id: OrderId) -> bool {
        self.pending.contains(&id)
    }

    /// Takes the answer of an order; false when it is too late and must be dropped.
    pub fn settle(&mut self, id: OrderId) -> bool {
        self.pending.remove(&id)
    }

    /// What was ordered since the last call, in order.
    pub fn take(&mut self) -> Vec<Order> {
        std::mem::take(&mut self.out)
    }
}
