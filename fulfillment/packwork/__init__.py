"""Work at the pack station: verify every unit, choose the boxes, weigh them, add what makes the customer smile."""
