from django.urls import path

from .views import adjustments, intentions, items, meetings, offices, plans, progress, queue, reviews, totals, workbooks

app_name = "plans"
urlpatterns = [
    path("plans/", plans.plan_list, name="list"),
    path("plans/progress/", progress.progress, name="progress"),
    path("plans/<int:pk>/", plans.plan, name="plan"),
    path("plans/<int:pk>/workbooks/", workbooks.workbooks, name="workbooks"),
    path("plans/workbooks/<int:pk>/", workbooks.workbook, name="workbook"),
    path("plans/workbooks/<int:pk>/commit/", workbooks.commit, name="commit_workbook"),
    path("plans/workbooks/<int:pk>/rows/", workbooks.rows, name="workbook_rows"),
    path("plans/workbooks/<int:pk>/rows/<int:number>/", workbooks.row, name="workbook_row"),
    path("plans/items/new/", items.new, name="new_item"),
    path("plans/items/typed/", items.typed, name="typed_item"),
    path("plans/items/<int:pk>/", items.item, name="item"),
    path("plans/items/<int:pk>/edit/", items.edit, name="edit_item"),
    path("plans/adjustments/", adjustments.adjustment_list, name="adjustments"),
    path("plans/adjustments/list.xlsx", adjustments.workbook, name="adjustments_workbook"),
    path("plans/adjustments/<int:pk>/", adjustments.adjustment, name="adjustment"),
    path("plans/totals/", totals.page, name="totals"),
    path("plans/totals/list.xlsx", totals.workbook, name="totals_workbook"),
    path("plans/totals/data.json", totals.data, name="totals_data"),
    path("plans/intentions/", intentions.work_list, name="intentions"),
    path("plans/intentions/<int:pk>/", intentions.intention, name="intention"),
    path("intentions/", intentions.public_list, name="public_intentions"),
    path("intentions/list.xlsx", intentions.workbook, name="intentions_workbook"),
    path("intentions/<int:pk>/", intentions.public_intention, name="public_intention"),
    path("reviews/", reviews.queue, name="queue"),
    path("reviews/waiting/", queue.waiting, name="waiting"),
    path("reviews/several/", queue.decide_several, name="decide_several"),
    path("reviews/<int:pk>/", reviews.review, name="review"),
    path("leading-groups/", offices.group_list, name="leading_groups"),
    path("leading-groups/<int:pk>/", offices.group, name="leading_group"),
    path("meetings/", meetings.meeting_list, name="meetings"),
    path("meetings/<int:pk>/", meetings.meeting, name="meeting"),
]
